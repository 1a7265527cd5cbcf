// Loaded into the measured processes by NODE_OPTIONS: each leaves its highest memory use (KiB) and its processor time (microseconds) in a line.
const { appendFileSync } = require('node:fs');
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const file = process.env.PEAK_FILE;
  if (file) appendFileSync(file, `${JSON.stringify([maxRSS, userCPUTime + systemCPUTime])}\n`);
});
