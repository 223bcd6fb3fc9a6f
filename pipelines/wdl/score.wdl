version 1.1

# Scores the maps of one model: a plan, its shards apart, their merge. With a global threshold the shards run twice.
workflow score {
  input {
    Array[File]+ maps
    String model
    Int shards = 8
    String options = ""           # of attrstream score, as "--convention acme-synthetic"
    Boolean global_threshold = false  # of options that ask for one, as "--convention acme-atac"
    String docker = "attrstream:0.1.0"
  }

  call make_plan { input: maps, model, shards, options, docker }

  if (global_threshold) {
    scatter (i in range(shards)) {
      call fold_shard as radii { input: maps, plan = make_plan.file, i, shards, pass = "radii", docker }
    }
    call add_radii { input: plan = make_plan.file, states = radii.state, docker }
  }
  scatter (i in range(shards)) {
    call fold_shard { input: maps, plan = make_plan.file, i, shards, pass = "statistics", radii = add_radii.state, docker }
  }
  call add_shards { input: plan = make_plan.file, states = fold_shard.state, radii = add_radii.state, docker }

  output {
    File scores = add_shards.scores
    File table = add_shards.table
  }
}

task make_plan {
  input {
    Array[File]+ maps
    String model
    Int shards
    String options
    String docker
  }
  command <<<
    set -eu
    mkdir maps && ln -s ~{sep(" ", squote(maps))} maps
    attrstream plan maps --model '~{model}' --shards ~{shards} ~{options} --out plan.json
  >>>
  output { File file = "plan.json" }
  runtime { docker: docker  memory: "1 GB"  cpu: 1 }
}

# Exit codes 75 and 128 + a signal may pass; every other fails again, at the cost of a few seconds.
task fold_shard {
  input {
    Array[File]+ maps
    File plan
    Int i
    Int shards
    String pass
    File? radii
    String docker
  }
  command <<<
    set -eu
    mkdir maps && ln -s ~{sep(" ", squote(maps))} maps
    exec attrstream shard --plan '~{plan}' --root maps --shard ~{i}/~{shards} --pass ~{pass} \
      ~{if defined(radii) then "--radii '" + select_first([radii]) + "'" else ""} --state ~{i}.state
  >>>
  output { File state = "~{i}.state" }
  runtime { docker: docker  memory: "1 GB"  cpu: 1  maxRetries: 2  preemptible: 3 }
}

task add_radii {
  input {
    File plan
    Array[File] states
    String docker
  }
  command <<<
    exec attrstream merge --plan '~{plan}' --pass radii --list '~{write_lines(states)}' --state radii.state
  >>>
  output { File state = "radii.state" }
  runtime { docker: docker  memory: "1 GB"  cpu: 1 }
}

task add_shards {
  input {
    File plan
    Array[File] states
    File? radii
    String docker
  }
  command <<<
    exec attrstream merge --plan '~{plan}' --list '~{write_lines(states)}' \
      ~{if defined(radii) then "--radii '" + select_first([radii]) + "'" else ""} --out results
  >>>
  output {
    File scores = "results/scores.json"
    File table = "results/scores.csv"
  }
  runtime { docker: docker  memory: "1 GB"  cpu: 1 }
}
