/** A value while it is put together field by field; whoever gets it may only read. */
export type Mutable<Shape> = { -readonly [Field in keyof Shape]: Shape[Field] };
