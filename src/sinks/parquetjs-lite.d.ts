/** The part of parquetjs-lite that is used: its writer. The package has no types of its own. */
declare module 'parquetjs-lite' {
  export interface FieldDefinition {
    readonly type: 'UTF8' | 'INT64' | 'DOUBLE' | 'BOOLEAN'
    readonly optional: boolean
    readonly compression: 'UNCOMPRESSED' | 'GZIP' | 'SNAPPY'
    readonly statistics: boolean
  }

  /** What it calls of a Node stream. */
  export interface Output {
    write(bytes: Uint8Array, done: (error?: Error) => void): void
    end(done: (error?: Error) => void): void
  }

  export interface ParquetSchema {
    readonly fields: { readonly [name: string]: object }
  }

  export class ParquetWriter {
    static openStream(
      schema: ParquetSchema,
      output: Output,
      options: { readonly rowGroupSize: number; readonly pageIndex: boolean },
    ): Promise<ParquetWriter>
    setMetadata(key: string, value: string): void
    appendRow(row: object): Promise<void>
    close(): Promise<void>
  }

  const parquet: {
    readonly ParquetSchema: typeof ParquetSchema
    readonly ParquetWriter: typeof ParquetWriter
  }
  export default parquet
}
