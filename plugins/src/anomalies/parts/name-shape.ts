// Does a name look as if a machine had made it up? Owns: pairs of letters that words are made of, and what is random about characters.

/** Pairs of letters that are frequent in words and names of European languages. Random letters hit one in five, words two in three. */
const PAIRS = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ' +
    'll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt ' +
    'po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ui bo ' +
    'do go ba da ga ka za ru ag ap au av ei ep gr ok oo ob od pi pu qu rd rn sc sp sk tt um up by my bu cl cr dr du eb eg ef ey fr gi ' +
    'gl gu ib if ki ko lt lu ck ja jo ju kr mb mm nn nk oc og ov pp rk rl rm rr ud ue uk ub'
  ).split(/\s+/),
);

const LEAST_LETTERS = 7;

/**
 * From 0, all its pairs are of words, to 1, none is. Digits belong to no word. Short labels tell nothing: 0.
 * A label of one script or with a prefix of punycode tells nothing either.
 */
export function strangeness(label: string): number {
  if (label.length < LEAST_LETTERS || label.startsWith('xn--')) return 0;
  let pairs = 0;
  let known = 0;
  for (let i = 1; i < label.length; i++) {
    if (label[i] === '-' || label[i - 1] === '-') continue;
    pairs += 1;
    if (PAIRS.has(label.slice(i - 1, i + 1))) known += 1;
  }
  return pairs < LEAST_LETTERS - 2 ? 0 : 1 - known / pairs;
}

/** Shannon entropy of characters by their counts, in bits a character. */
export function entropyBits(counts: Iterable<number>): number {
  let sum = 0;
  let weighted = 0;
  for (const count of counts) {
    if (count <= 0) continue;
    sum += count;
    weighted += count * Math.log2(count);
  }
  return sum === 0 ? 0 : Math.log2(sum) - weighted / sum;
}

/** FNV-1a of 32 bits: to count different texts without keeping them. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
