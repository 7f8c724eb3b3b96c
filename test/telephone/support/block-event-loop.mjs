// Loaded into the controller: SIGUSR2 blocks its event loop forever.

process.on('SIGUSR2', () => {
  for (;;);
});
