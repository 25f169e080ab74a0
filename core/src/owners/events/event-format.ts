// Where the fields of a kernel event lie: the text of its `format` file (kernel/trace/trace_events.c, f_show). Owns: that text.
// Must not know what events mean. Offsets differ between kernels and are never assumed. Bound: MAX_FIELDS a format.

const MAX_FIELDS = 64;

export interface EventField {
  readonly offset: number;
  readonly bytes: number;
  /** `__data_loc`: the field holds offset (low half) and length (high half) of a text elsewhere in the record. */
  readonly isText: boolean;
}

export interface EventFormat {
  readonly name: string;
  readonly id: number;
  readonly fields: ReadonlyMap<string, EventField>;
}

/** Undefined when it is not such a text. */
export function parseEventFormat(text: string): EventFormat | undefined {
  const name = /^name: (\w{1,64})$/m.exec(text)?.[1];
  const id = Number(/^ID: (\d{1,5})$/m.exec(text)?.[1] ?? Number.NaN);
  if (name === undefined || !(id < 65_536)) return undefined;
  const fields = new Map<string, EventField>();
  for (const match of text.matchAll(/^\tfield:([^;]{1,100});\toffset:(\d{1,5});\tsize:(\d{1,5});/gm)) {
    if (fields.size >= MAX_FIELDS) return undefined;
    const [, declaration = '', offset, bytes] = match;
    const fieldName = /(\w+)(?:\[[^\]]*\])*$/.exec(declaration)?.[1];
    if (fieldName === undefined) return undefined;
    fields.set(fieldName, {
      offset: Number(offset),
      bytes: Number(bytes),
      isText: declaration.startsWith('__data_loc'),
    });
  }
  return fields.size > 0 ? { name, id, fields } : undefined;
}

/** How long a field must be; several where kernels differ. */
export type FieldBytes = number | readonly number[];

/** Bytes a record must have for all of these fields; undefined when the format lacks one, or one is not as long as expected. */
export function recordBytes(format: EventFormat, expected: Readonly<Record<string, FieldBytes>>): number | undefined {
  let end = 0;
  for (const [name, bytes] of Object.entries(expected)) {
    const field = format.fields.get(name);
    if (field === undefined || ![bytes].flat().includes(field.bytes)) return undefined;
    end = Math.max(end, field.offset + field.bytes);
  }
  return end;
}
