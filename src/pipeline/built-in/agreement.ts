import { duplicateIds } from '../../accumulators/duplicate-ids.js'
import { mapAgreement } from '../../accumulators/map-agreement.js'
import { AGREEMENT_COLUMNS, agreementOf } from '../../metrics/agreement.js'
import { fold, pipeline } from '../define.js'

/** How far the maps of several models of the same sequences agree; `attrstream agree` runs it, and shows more of its result. */
export const agreement = pipeline({
  description: 'agreement of the maps of several models: cosine, agreement beyond base composition, overlap',
  joined: true,
  options: { q: { describe: 'attributed positions lie above this quantile of magnitudes', default: 0.9 } },
  outputs: ({ q }, models) => ({
    agreement: fold(mapAgreement(models, { q }), {
      columns: AGREEMENT_COLUMNS,
      rows: sums => agreementOf(sums, 0).agreement.pairs,
    }),
    ids: fold(duplicateIds()),
  }),
})
