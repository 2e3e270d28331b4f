// Loaded into every test file's process. With --test-force-exit Node 24 ends the process before all
// verdicts have left its pipe (nodejs/node#64833), and tests vanish from the count without a word.
// A pipe that is written at once has nothing left to lose.
process.stdout._handle?.setBlocking?.(true);
