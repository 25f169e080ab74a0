// An export as a Parquet file: timestamps, 64-bit counts, dictionaries for names. Owns the types and that a file appears complete
// or not at all. hyparquet-writer is loaded for this alone. Bound: ROW_GROUP rows in memory.
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { placeOf } from '../output/text-sink.js';
import { EXPORT_COLUMNS, type ExportColumn, type ExportRow, type ExportTable } from './export-tables.js';

const ROW_GROUP = 20_000;
const TYPES = { time: 'TIMESTAMP', count: 'INT64', real: 'DOUBLE', text: 'STRING', device: 'STRING' } as const;

/** Raises KAIPO_CANNOT_CREATE, KAIPO_WRITE_FAILED. */
export async function writeParquet(
  file: string,
  table: ExportTable,
  deviceId: string,
  rows: AsyncIterable<ExportRow>,
): Promise<void> {
  const { fileWriter, parquetWriteRows } = await import('hyparquet-writer');
  const columns = EXPORT_COLUMNS[table];
  const { kind, path } = placeOf(file);
  // Putting a file in the place of a device would take it away from everybody.
  if (kind !== 'file')
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${file}: it is no file but a ${kind}`);
  const temporary = `${path}.${process.pid}.tmp`;
  // Made here, for its mode: what is in it is private.
  createPrivate(temporary, file);
  try {
    await parquetWriteRows({
      writer: fileWriter(temporary),
      rows: valuesOf(rows, columns, deviceId),
      columns: columns.map(({ name, type }) => ({ name, type: TYPES[type], nullable: true })),
      rowGroupSize: ROW_GROUP,
      createdBy: 'kaipo',
    });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeError(file, error);
  }
}

async function* valuesOf(
  rows: AsyncIterable<ExportRow>,
  columns: readonly ExportColumn[],
  deviceId: string,
): AsyncGenerator<Record<string, unknown>> {
  for await (const row of rows) {
    const values: Record<string, unknown> = {};
    for (const { name, field, type } of columns) values[name] = type === 'device' ? deviceId : typed(row[field], type);
    yield values;
  }
}

function typed(value: unknown, type: ExportColumn['type']): unknown {
  if (value === undefined) return undefined;
  if (type === 'time') return new Date(Number(value) * 1000);
  return type === 'count' ? BigInt(Math.round(Number(value))) : value;
}

function createPrivate(temporary: string, file: string): void {
  try {
    closeSync(openSync(temporary, 'w', 0o600));
  } catch (error) {
    throw new KaipoError('KAIPO_CANNOT_CREATE', `cannot create ${file}: ${(error as Error).message.split(',')[0]}`);
  }
}

function writeError(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof KaipoError) return error;
  return new KaipoError('KAIPO_WRITE_FAILED', `${file}: ${(error as Error).message.split(',')[0]}`);
}
