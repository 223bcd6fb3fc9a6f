-- Attributed runs by chromosome, and the hexamers with which most begin, of a dataset of `attrstream run attributed-runs --partition-by chrom`.
create view runs as from read_parquet('dataset/runs/*/*.parquet', hive_partitioning = true);

select chrom, count(*) as runs, count(distinct id) as maps, avg("end" - start) as mean_length, sum(magnitude) as magnitude
from runs group by chrom order by chrom;

select substr(sequence, 1, 6) as hexamer, count(*) as runs, avg(peak) as mean_peak
from runs where length(sequence) >= 6 group by hexamer order by runs desc, hexamer limit 10;
