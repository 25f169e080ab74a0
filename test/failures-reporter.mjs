// What failed, once more, after everything else: the end of a long log is what people and machines keep.
export default async function* failures(source) {
  const failed = [];
  for await (const { type, data } of source) {
    // A suite fails because of its tests: they are said, it is not.
    if (type !== 'test:fail' || data.todo !== undefined || data.details?.error?.failureType === 'subtestsFailed')
      continue;
    const error = data.details?.error;
    const cause = error?.cause ?? error;
    const why = String(cause?.stack ?? cause?.message ?? cause ?? 'no reason given');
    failed.push([`${data.name} (${data.file ?? 'unknown file'}:${data.line ?? '?'})`, ...why.split('\n').slice(0, 30)]);
  }
  for (const lines of failed) yield `${lines.map((line, i) => `# ${i === 0 ? 'FAILED ' : '  '}${line}`).join('\n')}\n`;
}
