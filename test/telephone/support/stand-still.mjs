// Loaded into the controller: from SIGUSR2 on its event loop stands still, for ever.

process.on('SIGUSR2', () => {
  for (;;);
});
