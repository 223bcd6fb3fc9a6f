/** Options of every command. */
export const GLOBAL_FLAGS = {
  's3-endpoint': {
    string: true,
    global: true,
    group: 'Input:',
    describe: 'server of s3:// inputs (default: Amazon, or AWS_ENDPOINT_URL_S3)',
  },
  log: {
    choices: ['text', 'json'] as const,
    global: true,
    group: 'Running:',
    default: 'text' as const,
    describe: 'format of messages on standard error',
  },
  debug: {
    boolean: true,
    global: true,
    group: 'Running:',
    default: false,
    describe: 'print the stack trace of an error',
  },
  verbose: {
    boolean: true,
    global: true,
    group: 'Running:',
    default: false,
    describe: 'report more: options taken from attrstream.toml, arrays in a state',
  },
} as const
