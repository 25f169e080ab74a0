// Whose name is it: the part somebody registered, "example.co.uk" of "a.b.example.co.uk". Owns: a short list instead of the public suffix list:
// second levels that countries keep for themselves, and hosts under which everybody has a name. Where it is wrong, names of several owners
// are taken together, or those of one apart; rules that use it need many names before they speak.

const SECOND_LEVELS = new Set(
  'ac co com edu go gob gov gouv govt id in info ltd me mil ne net nhs nom or org plc police sch school web asso biz'.split(
    ' ',
  ),
);
const SHARED_HOSTS = new Set(
  (
    'github.io gitlab.io herokuapp.com appspot.com blogspot.com azurewebsites.net cloudapp.net cloudfront.net amazonaws.com ' +
    'duckdns.org no-ip.org ddns.net dyndns.org netlify.app vercel.app pages.dev workers.dev web.app firebaseapp.com ngrok.io ' +
    'ngrok-free.app trycloudflare.com in-addr.arpa ip6.arpa'
  ).split(' '),
);

/** Lower case, without the dot at the end; the name itself when it has no more labels. */
export function registeredDomain(name: string): string {
  const start = registeredAt(name);
  return start === 0 ? name : name.slice(start);
}

/** Where the registered part begins in `name`. */
export function registeredAt(name: string): number {
  const tld = name.lastIndexOf('.');
  if (tld <= 0) return 0;
  const second = name.lastIndexOf('.', tld - 1);
  if (second < 0) return 0;
  const isCountry = name.length - tld === 3;
  const takesThird =
    (isCountry && SECOND_LEVELS.has(name.slice(second + 1, tld))) || SHARED_HOSTS.has(name.slice(second + 1));
  return takesThird ? name.lastIndexOf('.', second - 1) + 1 : second + 1;
}

export function plainName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
