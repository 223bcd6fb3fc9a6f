import { DataError } from '../core/errors.js'
import type { PopulationFold } from './fold-options.js'
import type { FoldState } from './fold-state.js'

/** Saves every so often while a fold runs, and works out results in between. */
export function autosave(state: FoldState, fold: PopulationFold, gather: () => Promise<void>) {
  const every = fold.checkpoint?.every
  const saveMs = every !== undefined && 'seconds' in every ? every.seconds * 1000 : Number.POSITIVE_INFINITY
  const saveRecords = every !== undefined && 'records' in every ? every.records : Number.POSITIVE_INFINITY
  let savedAt = performance.now()
  let shownAt = savedAt
  let running: Promise<void> | undefined

  async function look(): Promise<void> {
    const now = performance.now()
    const save = now - savedAt >= saveMs || state.sinceSave >= saveRecords
    const show = now - shownAt >= (fold.interimMs ?? Number.POSITIVE_INFINITY)
    if (!save && !show) return
    await gather()
    if (show) fold.report.interim?.(state.result())
    if (save) await state.save()
    shownAt = performance.now()
    if (save) savedAt = shownAt
  }

  let failed: unknown
  const timer = setInterval(() => {
    running ??= look()
      .catch((error: unknown) => {
        failed = error
      })
      .finally(() => {
        running = undefined
      })
  }, 20)
  return {
    async end(): Promise<void> {
      clearInterval(timer)
      await running
      if (failed !== undefined && !(failed instanceof DataError)) throw failed
    },
  }
}
