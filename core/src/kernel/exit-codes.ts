/** Exit codes of every kaipo command (sysexits.h, with 1 for "found what it was asked to look for"). */
export const EXIT_OK = 0;
export const EXIT_FOUND = 1;
export const EXIT_USAGE = 64;
export const EXIT_BAD_DATA = 65;
export const EXIT_NO_INPUT = 66;
export const EXIT_UNAVAILABLE = 69;
export const EXIT_BUG = 70;
export const EXIT_CANNOT_CREATE = 73;
export const EXIT_IO = 74;
export const EXIT_TRY_AGAIN = 75;
export const EXIT_NO_PERMISSION = 77;
export const EXIT_CONFIG = 78;
export const EXIT_SIGINT = 130;
export const EXIT_SIGTERM = 143;
