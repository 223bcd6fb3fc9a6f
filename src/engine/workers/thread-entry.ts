import { parentPort, workerData } from 'node:worker_threads'
import { type BatchDone, LocalWorker, makePass, type Prepare } from './local-worker.js'
import { toPlain } from './error-transfer.js'
import type { Answer, OrderResult, Order, Preparation } from './messages.js'

// The far end of a `ThreadWorker`: takes orders, and carries them out on the local worker of its thread.

/** Batches are reported at most this often, in ms: a message costs about as much as a small batch. */
const REPORT_MS = 100

const port = parentPort
if (port === null) throw new Error('worker.js runs as a worker thread only')

const worker = new LocalWorker()
let pending: BatchDone[] = []
let reported = 0

function answer(message: Answer, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer)
}

function report(): void {
  if (pending.length > 0) answer({ kind: 'batches', done: pending })
  pending = []
  reported = performance.now()
}

async function carryOut(order: Exclude<Order, { kind: 'stop' }>): Promise<OrderResult | undefined> {
  switch (order.kind) {
    case 'run':
      await worker.run(order.recipe, order.task, done => {
        pending.push(done)
        if (performance.now() - reported > REPORT_MS) report()
      })
      report()
      return undefined
    case 'flush': {
      const { state, covered, records } = await worker.flush(order.recipe)
      const { accumulator } = await makePass(order.recipe)
      return { arrays: accumulator.save(state), covered, records }
    }
    case 'finish':
      return worker.finish(order.recipe)
    case 'end':
      await worker.end(order.recipe)
      return undefined
    case 'close':
      await worker.close()
      return undefined
  }
}

port.on('message', (order: Order) => {
  if (order.kind === 'stop') {
    worker.stop()
    return
  }
  const { call } = order
  carryOut(order).then(
    done => {
      const arrays = done !== undefined && 'arrays' in done ? Object.values(done.arrays) : []
      const buffers = new Set(arrays.map(array => array.buffer as ArrayBuffer))
      answer({ kind: 'done', call, done }, [...buffers])
    },
    (error: unknown) => answer({ kind: 'failed', call, error: toPlain(error) }),
  )
})

/** A failure here comes again, with its place, when the work itself meets it. */
async function load({ module, path }: Preparation): Promise<void> {
  const { prepare } = (await import(module)) as { prepare?: Prepare }
  await prepare?.(path)
}

const preparation = workerData as Preparation | null
if (preparation !== null) await load(preparation).catch(() => {})
answer({ kind: 'up' })
