// How many rows a question is answered with when nobody says. Alone in its file: the help names it, and loads nothing else.
export const DEFAULT_LIMIT = 20;
