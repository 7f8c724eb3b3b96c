export const DEMO_SETTINGS: Readonly<
  Record<
    | 'BURGERNET_LINES'
    | 'BURGERNET_TIP_LINES'
    | 'BURGERNET_CPS'
    | 'BURGERNET_RING_SECONDS'
    | 'BURGERNET_RETRY'
    | 'BURGERNET_NIGHT'
    | 'BURGERNET_SIMULATION',
    string
  >
>;
