import * as attr from 'attrstream'

/** How far the maps of several models of the same sequences agree; `attrstream agree` runs it, and shows more of its result. */
export default attr.pipeline({
  description:
    'agreement of the maps of several models: cosine, agreement beyond the base composition, overlap',
  joined: true,
  options: { q: { describe: 'attributed positions lie above this quantile of magnitudes', default: 0.9 } },
  outputs: ({ q }, models) => ({
    agreement: attr.fold(attr.mapAgreement(models, { q }), {
      columns: attr.AGREEMENT_COLUMNS,
      rows: sums => attr.agreementOf(sums, 0).agreement.pairs,
    }),
    ids: attr.fold(attr.duplicateIds()),
  }),
})
