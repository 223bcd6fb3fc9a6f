-- All models of a folder of results, the most consistent first, with what a KLD owes to its floor and what was warned of.
-- Each result is a folder written by `attrstream score --out`.
select
  regexp_extract(filename, '([^/]+)/scores\.parquet$', 1) as result,
  model,
  records,
  kmer_cv_nats,
  kmer_cv_se_nats,
  kmer_kld_nats,
  kmer_floor_share,
  angular_cv_nats,
  angular_kld_nats,
  rank() over (order by kmer_cv_nats desc nulls last) as kmer_rank,
  rank() over (order by angular_cv_nats desc nulls last) as angular_rank,
  warnings
from read_parquet('results/*/scores.parquet', filename = true, union_by_name = true)
order by kmer_cv_nats desc nulls last, model;
