// The token of this visit. Owns: where it is kept (this tab only), whether one is asked for, and how it goes along.
const KEY = 'kaipo.token';

class Session {
  #token = $state(sessionStorage.getItem(KEY) ?? undefined);
  /** The API wants a token, or another one. */
  isTokenNeeded = $state(false);
  /** The one that was given is not right. */
  isTokenWrong = $state(false);

  headers(): Record<string, string> {
    return this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** A WebSocket takes no headers from a page. */
  subprotocols(): string[] {
    return this.#token === undefined ? [] : ['kaipo', `kaipo.token.${this.#token}`];
  }

  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  refused(): void {
    this.isTokenWrong = this.#token !== undefined;
    this.isTokenNeeded = true;
  }

  use(token: string): void {
    this.#token = token;
    sessionStorage.setItem(KEY, token);
    this.isTokenNeeded = false;
    this.isTokenWrong = false;
  }

  forget(): void {
    this.#token = undefined;
    sessionStorage.removeItem(KEY);
  }
}

export const session = new Session();
