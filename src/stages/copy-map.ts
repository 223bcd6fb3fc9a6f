import type { AttributionRecord, Stage } from '../core/types.js'

/** A record that is safe to keep: a copy of its map, sequence, ground truth and columns. */
export function copyRecord(record: AttributionRecord): AttributionRecord {
  const { id, idHash, idCheck, sequence, attribution, maps, truth, model, where, extra, fault } = record
  return {
    id,
    idHash,
    idCheck,
    sequence: sequence.slice(),
    attribution: attribution.slice(),
    ...(maps === undefined ? {} : { maps: maps.map(map => map.slice()) }),
    truth:
      truth === undefined
        ? undefined
        : truth.kind === 'labels'
          ? { kind: 'labels', values: truth.values.slice() }
          : { kind: 'probabilities', values: truth.values.slice() },
    ...(model === undefined ? {} : { model }),
    where: { ...where },
    extra: extra && { ...extra },
    fault,
  }
}

/** Each record as one that is safe to keep. */
export function copyMap(): Stage<AttributionRecord> {
  return { name: 'copy-map', params: null, connect: next => record => next(copyRecord(record)) }
}
