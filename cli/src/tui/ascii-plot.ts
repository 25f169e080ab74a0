// A bar graph in plain ASCII, for terminals without UTF-8. Owns: values to rows of text. Bound: width x height characters.

/** Draws filled curves. `values` are 0..1, newest last, NaN where nothing is known, two for each column; `down` hangs from the top edge. */
export type Plot = (values: readonly number[], width: number, height: number, down: boolean) => string[];

export const asciiPlot: Plot = (values, width, height, down) => {
  const rows: string[] = [];
  for (let row = 0; row < height; row += 1) {
    // Distance from the base line, in rows.
    const level = down ? row : height - 1 - row;
    let text = '';
    for (let column = 0; column < width; column += 1) {
      const index = values.length - 2 * (width - column);
      const a = values[index] ?? Number.NaN;
      const b = values[index + 1] ?? Number.NaN;
      const value = Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
      const filled = value * height - level;
      text += Number.isNaN(value) ? ' ' : filled >= 0.75 ? '#' : filled >= 0.25 ? ':' : level === 0 ? '.' : ' ';
    }
    rows.push(text);
  }
  return rows;
};
