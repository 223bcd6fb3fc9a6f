import { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import { makePass } from '../../engine/workers/local-worker.js'
import { isPiped } from '../../io/open.js'
import { writeOutput } from '../../io/standard-output.js'
import { screenOf, tooManyBad } from '../../scoring/bad-record-policy.js'
import type { FileForm } from '../../sinks/gather.js'
import { BadRecords } from '../../stats/sums/bad-records.js'
import { pipelineError } from '../load.js'
import type { PipelineOptions } from '../notes.js'
import type { ReadyOutputs } from '../outputs.js'
import type { PipelineResult } from '../pass.js'
import { loadFileState } from './file-state.js'
import { writeNpzFiles } from './npz-files.js'
import { fileMetadata, openOutputs, pipelineOptionsText } from './open-outputs.js'
import type { FileRun, PutDown, Putting } from './putting.js'
import { checkMapColumns, type FileTally } from './output-files.js'
import { rowsRecipe } from './pass.js'
import { writeResumable } from './resumable-file.js'
import { RowStream } from './row-stream.js'

/** What a file came to; not complete if it was stopped. */
export interface FileWritten {
  readonly complete: boolean
  readonly rows: number
  /** Record batches, row groups, or runs of lines. */
  readonly groups: number
  readonly bytes: number
  readonly tally: FileTally
  readonly bad: BadRecords
  readonly inputs: readonly OpenedInput[]
  readonly narrowed: boolean
  /** The last save failed: what stands is an older checkpoint. */
  readonly unsaved: DataError | undefined
}

/**
 * Writes the only output of a pipeline that is no sum into one file, which appears whole at the end, or to standard output (`out` is
 * undefined), in the order of the records. Equal inputs and options give equal bytes, also after any number of interruptions.
 *
 * Errors: those of reading; `usage`, for a checkpoint of a pipe or of arrays; `record`, for a bad record or a value that the form cannot
 * hold; `empty`; `io`; `mismatch`, for a checkpoint of something else; `damaged`, if the file does not read back as it was written.
 */
export async function writeFileOfRows(
  paths: readonly string[],
  out: string | undefined,
  outputs: ReadyOutputs,
  asked: PipelineOptions,
  run: FileRun,
): Promise<FileWritten> {
  const { checkpoint, format } = run
  const [[name, output]] = Object.entries(outputs.written)
  const { records, bad } = asked
  assertResumable(run, paths)
  checkMapColumns(outputs.written, records.columns?.model)
  const { inputs, ids, thin, shape, narrowed } = await openOutputs(paths, asked, outputs.written)
  const pass = await makePass(
    rowsRecipe('file', {
      ...asked,
      ids,
      fraction: thin?.fraction,
      screen: screenOf(bad, inputs),
      shape,
      folder: '',
      verify: false,
    }),
  )
  const { accumulator } = pass
  const params = {
    ...(JSON.parse(pipelineOptionsText(asked, null)) as { readonly [name: string]: Json }),
    module: asked.digest,
    thin: thin?.fraction ?? null,
    form: format,
  }
  const found =
    checkpoint === undefined || checkpoint.restart
      ? undefined
      : await loadFileState(checkpoint.path, params, inputs)
  const streamAs = (form: Omit<FileForm, 'metadata'>) =>
    new RowStream(
      {
        inputs,
        open: async ({ path, idPrefix, fingerprint = '' }) =>
          (await pass.open(path, idPrefix, fingerprint)) as never,
        accumulator,
        skipsBad: bad !== undefined,
        name,
        output,
        shape: { ...shape, metadata: fileMetadata(asked, inputs) },
        fraction: thin?.fraction,
        form: { ...form, metadata: {} },
      },
      found,
    )
  const badOf = ({ state }: RowStream) =>
    (accumulator.result(state) as PipelineResult).bad ?? new BadRecords()
  const putting = (stream: RowStream): Putting => ({
    stream,
    inputs,
    params,
    found,
    run,
    async check() {
      for (const input of inputs) await input.check?.()
      const found = badOf(stream)
      const refusal =
        tooManyBad(found, stream.tally.records, bad) ??
        (run.needsRows && stream.rows === 0
          ? new DataError('empty', 'nothing to convert: the inputs have no records that are not bad')
          : undefined)
      if (refusal !== undefined) throw await run.refused(refusal, found, inputs)
    },
  })
  try {
    if (format === 'npz' || format === 'modisco') {
      const element = output.kind === 'maps' ? output.element : 'float32'
      return await written((put: typeof putting) =>
        writeNpzFiles(out as string, format, element, writer => put(streamAs({ format: 'arrow', writer }))),
      )
    }
    return await written(put => {
      const stream = put(streamAs({ format, piped: out === undefined }))
      return out === undefined ? writeStream(stream) : writeResumable(out, stream)
    })
  } catch (error) {
    throw pipelineError(asked.name, error)
  }

  async function written(how: (put: typeof putting) => Promise<PutDown>): Promise<FileWritten> {
    let made: RowStream | undefined
    const { complete, bytes, unsaved } = await how(stream => {
      made = stream
      return putting(stream)
    })
    const stream = made as RowStream
    const { rows, groups, tally } = stream
    return {
      complete,
      rows,
      groups: groups.length,
      bytes,
      tally,
      bad: badOf(stream),
      inputs,
      narrowed,
      unsaved,
    }
  }
}

/** Standard output, as long as it is read. Errors: `io`. */
async function writeStream({ stream, check, run }: Putting): Promise<PutDown> {
  const { report, signal } = run
  report.begun?.(stream.bytesToCome())
  let bytes = 0
  async function* pieces() {
    for await (const piece of stream.groupsOf(report.progress ?? (() => {}), signal, false)) {
      yield piece
      bytes += piece.byteLength
    }
    if (signal.aborted) return
    await check()
    yield stream.finish()
  }
  await writeOutput(pieces())
  return { complete: !signal.aborted, bytes }
}

/** Error: `usage`, for a checkpoint of what cannot be resumed. */
function assertResumable({ checkpoint, format }: FileRun, paths: readonly string[]): void {
  if (checkpoint === undefined) return
  if (paths.some(isPiped)) {
    throw new DataError(
      'usage',
      'a pipe cannot be read again, so it has no checkpoint; leave --checkpoint out, or read a file',
    )
  }
  if (format !== 'npz' && format !== 'modisco') return
  throw new DataError(
    'usage',
    'arrays of npz are written at once and cannot be resumed; leave --checkpoint out, or convert to Parquet first',
  )
}
