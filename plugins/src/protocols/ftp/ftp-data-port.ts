// The port of a data connection as the control connection writes it: PORT and 227 (RFC 959 section 4.1.2), EPRT and 229 (RFC 2428).

/** Four numbers of the address, two of the port; the text around them is free. */
const SIX_NUMBERS = /\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})/;
/** "|1|192.0.2.7|50000|" or "(|||50000|)", with any character for the bar. */
const BARRED = /([^\d\s(])(?:[12]?)\1[^|]*?\1(\d{1,5})\1/;

/** Undefined: there is none in the text. */
export function ftpDataPort(text: string): number | undefined {
  const numbers = SIX_NUMBERS.exec(text);
  if (numbers !== null) {
    const [high, low] = [Number(numbers[1]), Number(numbers[2])];
    return high < 256 && low < 256 ? high * 256 + low : undefined;
  }
  const barred = BARRED.exec(text.slice(0, 128));
  return barred === null ? undefined : Number(barred[2]);
}
