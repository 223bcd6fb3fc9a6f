/** Options of every command. */
export const GLOBAL_FLAGS = {
  's3-endpoint': {
    string: true,
    global: true,
    describe: 'address of the server of s3:// inputs, where it is not Amazon',
  },
  log: {
    choices: ['text', 'json'] as const,
    global: true,
    group: 'Running:',
    default: 'text' as const,
    describe: 'lines on standard error for people, or as JSON for machines',
  },
  debug: {
    boolean: true,
    global: true,
    group: 'Running:',
    default: false,
    describe: 'print the stack of an error',
  },
} as const
