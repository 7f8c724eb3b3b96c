// The settings of the demo in containers, used by the service (src/config.ts), by the demo and by the compose
// test.

export const DEMO_SETTINGS = {
  BURGERNET_LINES: '40',
  BURGERNET_TIP_LINES: '4',
  BURGERNET_CPS: '15',
  BURGERNET_RING_SECONDS: '8',
  BURGERNET_RETRY: 'no_answer:1@5s,busy:1@5s',
  BURGERNET_NIGHT: 'off',
  BURGERNET_SIMULATION: '1',
};
