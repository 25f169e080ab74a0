// Numbers of the stream kaipo-sockets writes: records of one size, little endian. The layout of each is in SOCKETS.md; the program's are
// in native/sockets/kaipo-sockets.h, a test compares the two.

export const SOCKET_STREAM_MAGIC = 0x4b534b01;
export const SOCKET_RECORD_BYTES = 96;

/** First record of a stream: who writes it, without which privileges. */
export const RECORD_HELLO = 1;
/** A socket that lives. */
export const RECORD_SOCKET = 2;
/** A socket that was destroyed, and its last counts. */
export const RECORD_CLOSED = 3;
/** End of a snapshot: all that live were told since the one before. */
export const RECORD_SNAPSHOT = 4;
/** The kernel had no room to tell of sockets that were destroyed. */
export const RECORD_LOST = 5;

/** Of a closed socket: a small one that still waits for the other side's FIN is left of it. */
export const FLAG_WAITS_FOR_FIN = 1;
/** Of a closed socket: it is in TIME_WAIT. */
export const FLAG_TIME_WAIT = 2;
/** Of a closed socket: too many closed at once to look what is left of it. */
export const FLAG_NOT_ASKED = 4;
/** Of a closed socket: somebody listens on its port, so the other side had opened it. */
export const FLAG_LISTENS = 8;
/** Of a snapshot: no socket is missing in it. */
export const FLAG_COMPLETE = 1;

/** Sockets of one snapshot; one with more is not complete. */
export const MAX_SNAPSHOT_SOCKETS = 65_536;
