import type { AttributionRecord, Truth, Where } from '../core/types.js'

/** A record with another map: all else is that of the record it is made from. One object serves record after record. */
export class RecordWithMap implements AttributionRecord {
  attribution = new Float64Array(0)
  private from: AttributionRecord | undefined
  private room = new Float64Array(0)

  /** Takes the place of a record; what its map holds is then to be written. */
  take(record: AttributionRecord): Float64Array {
    this.from = record
    const size = record.attribution.length
    if (this.room.length < size) this.room = new Float64Array(size)
    if (this.attribution.length !== size || this.attribution.buffer !== this.room.buffer) {
      this.attribution = this.room.subarray(0, size)
    }
    return this.attribution
  }

  private get record(): AttributionRecord {
    return this.from as AttributionRecord
  }

  get id(): string {
    return this.record.id
  }

  get idHash(): number {
    return this.record.idHash
  }

  get idCheck(): number {
    return this.record.idCheck
  }

  get sequence(): Uint8Array {
    return this.record.sequence
  }

  get truth(): Truth | undefined {
    return this.record.truth
  }

  get model(): string {
    return this.record.model as string
  }

  get extra(): AttributionRecord['extra'] {
    return this.record.extra
  }

  get where(): Where {
    return this.record.where
  }
}
