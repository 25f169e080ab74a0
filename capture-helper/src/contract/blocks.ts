// Numbers of the stream a helper writes: pcapng (draft-ietf-opsawg-pcapng) and the custom blocks kaipo adds.
// The layout of every block is in PROTOCOL.md; a helper and the analyzer share nothing but these numbers.

export const BLOCK_SECTION_HEADER = 0x0a0d0d0a;
export const BLOCK_INTERFACE_DESCRIPTION = 1;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_INTERFACE_STATISTICS = 5;
export const BLOCK_ENHANCED_PACKET = 6;
/** Custom block that a program which rewrites the file must not copy: it describes this capture, not the packets. */
export const BLOCK_CUSTOM_NO_COPY = 0x40000bad;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const OPTION_IF_NAME = 2;
export const OPTION_IF_MAC = 6;
export const OPTION_IF_TSRESOL = 9;
export const OPTION_IF_FILTER = 11;
export const OPTION_SHB_USERAPPL = 4;
export const OPTION_EPB_FLAGS = 2;
export const OPTION_ISB_IFRECV = 4;
export const OPTION_ISB_IFDROP = 5;
export const OPTION_ISB_OSDROP = 7;
export const OPTION_ISB_USRDELIV = 8;

/** epb_flags bits 0-1. */
export const FLAG_INBOUND = 1;
export const FLAG_OUTBOUND = 2;

/** RFC 5612: the private enterprise number for documentation; kaipo has none of its own. Blocks with another one are skipped. */
export const CUSTOM_PEN = 32473;
/** First 4 bytes after the PEN of each kaipo block: "KAI" and a version. */
export const CUSTOM_MAGIC = 0x4b414901;

/** Body: `key=value` lines, UTF-8, at most MAX_CUSTOM_TEXT bytes. See PrivilegeReport. */
export const CUSTOM_PRIVILEGES = 1;
/** Body: `key=value` lines. See InterfaceNotice. */
export const CUSTOM_INTERFACE = 2;
/** Body: one line of text for a person. */
export const CUSTOM_NOTICE = 3;

/** Body: the text of an event's `format` file in tracefs. */
export const CUSTOM_EVENT_FORMAT = 4;
/** Body: rows of processes as they were at the start: program, network namespace, socket inodes. */
export const CUSTOM_PROCESSES = 5;
/** Body: CPU, 0, and one page of the kernel's event ring as it is. */
export const CUSTOM_EVENTS = 6;
/** Body: EVENT_ROUND_BYTES of numbers: up to when all events have been told, the clocks, what was lost. */
export const CUSTOM_EVENT_ROUND = 7;

export const MAX_CUSTOM_TEXT = 4096;
/** Body of kinds 4 to 7, at most: 8 bytes before a page of 64 KiB. */
export const MAX_CUSTOM_BINARY = 65_536 + 8;
export const EVENT_ROUND_BYTES = 40;
/** CPUs a helper tells about. */
export const MAX_EVENT_CPUS = 512;
/** Largest block a helper may write: one packet of MAX_SNAPLEN with its header and options. */
export const MAX_BLOCK_BYTES = 262_144 + 256;
export const MAX_SNAPLEN = 262_144;
export const MIN_SNAPLEN = 64;
export const MAX_FILTER_BYTES = 4096;
export const MAX_CAPTURE_INTERFACES = 64;
/** What `-i` may be: what Linux takes as the name of a device (net/core/dev.c, dev_valid_name), of it what can be printed. */
export const INTERFACE_NAME = /^(?!\.{1,2}$)[!-.0-9;-~]{1,15}$/;
