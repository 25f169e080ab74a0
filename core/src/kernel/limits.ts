// Bounds of the analyzer that no setting moves, with their reasons; those that follow the memory setting are in memory-limits.ts.
// Nothing here may be exceeded by what a packet says.

/** Largest captured record that is read. libpcap and Wireshark refuse larger ones too (MAXIMUM_SNAPLEN, WTAP_MAX_PACKET_SIZE_STANDARD). */
export const MAX_RECORD_BYTES = 262_144;
/** Bytes of one arena: holds several of the largest records, so that one read serves thousands of usual ones. */
export const ARENA_BYTES = 1024 * 1024;
/** Rows of one batch: long enough to make the cost of a call per batch vanish, short enough for the columns to stay in the L2 cache. */
export const BATCH_ROWS = 4096;
/** Interfaces of one capture file or stream. Wireshark files with more are not met; a hostile file could name 2^32. */
export const MAX_INTERFACES = 1024;
/** Layers one packet may nest before it is called malformed. tcpdump and nDPI stop earlier. */
export const MAX_LAYERS = 32;
/** Tunnels remembered for a packet: eight names of four bits in one column. Deeper ones are decoded but not named. */
export const MAX_TUNNELS = 8;
/** Flows of a live capture, however much memory there is: all are looked through in every interval. */
export const MAX_FLOWS = 262_144;
/** First fragments remembered so that later ones find their flow. */
export const MAX_FRAGMENTS = 8_192;
/** Characters kept of any captured text. */
export const MAX_TEXT = 256;
/** Distinct protocol and application names; further ones are counted as unknown. */
export const MAX_NAMES = 4_096;
