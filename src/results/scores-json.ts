import type { ScoreDocument } from './document.js'
import { withJsonKeys } from './json-keys.js'

/** Keys in the order of reading; those not named follow in the order of the alphabet. */
const ORDER = `
  schema models agreement failed provenance version command inputs
  model records positions unknown_positions dead_maps bad_records bad_records_by_reason projected_maps
  observed_base_share observed_base_share_se support positive_share positive_share_se non_negative_maps
  constant_share unseen_share
  agreement_with_others agreement_with_others_se average members norm
  a b cosine cosine_se agreement_se overlap overlap_se
  ensemble_agreement ensemble_agreement_se predicted_gain kmer_cv_gain unmatched all pairs
  ids count digest read of until_se_nats thin asked fraction kmer angular truth
  kld_nats null_nats excess_nats se_nats excess_se_nats ci95_nats floor_share
  cv_nats cv_se_nats cv_a diversity diversity_folded
  composition base_cv_nats base_cv_se_nats dinucleotide_cv_nats dinucleotide_cv_se_nats
  base_share base_share_se composition_share composition_share_se
  position sample_records sample_cv_nats position_cv_nats position_cv_se_nats beyond_position_nats beyond_position_se_nats
  attributed_kmers runs points effective_points threshold null
  snr snr_se auroc auroc_se aupr aupr_se signal noise
  records_without_truth records_without_signal records_without_noise records_of_one_class
  name bytes fingerprint kind how draws cut resolution
  k q top buffer prior pseudocount window window_kind reduce basis
  normalise weight grid cells options convergence jackknife groups warnings wall_seconds
`
  .trim()
  .split(/\s+/)
const RANK = new Map(ORDER.map((key, i) => [key, i]))

/**
 * The text of scores.json. Numbers are written in full, those that are not finite as null; the order of keys does not
 * depend on how the document was made, so that equal scores give equal text.
 */
export function scoresJson(document: ScoreDocument): string {
  return `${JSON.stringify(ordered(withJsonKeys(document)), null, 2).replace(NUMBERS, numbers => numbers.replace(/\s+/g, ' '))}\n`
}

/** An array of nothing but numbers and nulls, which is written on one line: some have thousands. No string matches: inside one, a
 * line break is escaped. */
const NUMBERS = /\[\n(?:\s+(?:-?\d[\d.eE+-]*|null),?\n)+\s*\]/g

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return Object.fromEntries(keys.map(key => [key, ordered((value as { [key: string]: unknown })[key])]))
}

function rank(key: string): number {
  return RANK.get(key) ?? ORDER.length
}
