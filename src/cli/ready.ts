import { loadConfig } from '../config.js';
import { serviceUrl } from './context.js';

// Exits with 0 when the service with these settings reports that it is ready. This is the health check of the
// container.

const LIMIT_MS = 5_000;

try {
  const response = await fetch(`${serviceUrl(loadConfig())}/readyz`, { signal: AbortSignal.timeout(LIMIT_MS) });
  console.log(await response.text());
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.log(String(error));
  process.exitCode = 1;
}
