// Light or dark: as the system says, or as the person said here; paper is light. Owns the choice and where it is kept.
const KEY = 'kaipo.theme';
export type ThemeChoice = 'system' | 'light' | 'dark';

const isChoice = (text: string | undefined): text is 'light' | 'dark' => text === 'light' || text === 'dark';

function keptChoice(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY) ?? undefined;
    return isChoice(kept) ? kept : 'system';
  } catch {
    // A browser that keeps nothing.
    return 'system';
  }
}

class Theme {
  #choice = $state<ThemeChoice>(keptChoice());
  #systemIsDark = $state(false);
  #isPrinted = $state(false);

  constructor() {
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.#systemIsDark = query.matches;
    query.addEventListener('change', () => {
      this.#systemIsDark = query.matches;
      this.#apply();
    });
    const paper = matchMedia('print');
    paper.addEventListener('change', () => {
      this.#isPrinted = paper.matches;
      this.#apply();
    });
    this.#apply();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** What is shown. Charts read it, so that they are drawn anew. */
  get shown(): 'light' | 'dark' {
    if (this.#isPrinted) return 'light';
    if (this.#choice !== 'system') return this.#choice;
    return this.#systemIsDark ? 'dark' : 'light';
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    try {
      if (choice === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // Then it is for this visit.
    }
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.shown;
  }
}

export const theme = new Theme();
