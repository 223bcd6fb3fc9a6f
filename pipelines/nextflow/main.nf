// Runs the shards of a plan and merges them:
//   nextflow run main.nf --plan plan.json --maps /data/maps --checkpoints /scratch/checkpoints
// Not run by continuous integration: see README.md.
import groovy.json.JsonSlurper

params.plan = 'plan.json'
params.maps = null          // folder of the plan's files, an absolute path on a file system that all nodes share
params.checkpoints = null   // folder for checkpoints on the same: an attempt has a new work folder each time
params.results = 'results'
params.pass = 'statistics'  // radii: the first pass of a global threshold
params.radii = null         // its result, for the second

process SHARD {
    tag "$i"
    cpus 1
    memory '1 GB'
    time '2h'
    maxRetries 5
    // What may pass: failed reading or writing, and signals. Nothing else gets better by itself.
    errorStrategy { task.exitStatus in [75, 104, 152] + (130..145) ? 'retry' : 'finish' }

    input:
    tuple val(i), val(shards), path(plan)

    output:
    path "${i}.state"

    script:
    def radii = params.radii ? "--radii ${params.radii}" : ''
    """
    exec attrstream score --plan $plan --root ${params.maps} --shard $i/$shards --pass ${params.pass} $radii \\
      --state ${i}.state --workers ${task.cpus} --checkpoint-dir ${params.checkpoints}
    """
}

process MERGE {
    publishDir params.results, mode: 'copy'

    input:
    path plan
    path states

    output:
    path 'merged/*'
    path 'versions.yml', emit: versions

    script:
    def radii = params.radii ? "--radii ${params.radii}" : ''
    def to = params.pass == 'radii' ? '--state merged/radii.state' : '--out merged'
    """
    mkdir merged
    attrstream merge --plan $plan --pass ${params.pass} $radii $states $to

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        attrstream: \$(attrstream --version)
    END_VERSIONS
    """
}

workflow {
    plan = file(params.plan, checkIfExists: true)
    shards = new JsonSlurper().parse(plan).shards
    SHARD(Channel.fromList((0..<shards).collect { i -> tuple(i, shards, plan) }))
    MERGE(plan, SHARD.out.collect())
}
