// Before the first paint, so a classic script in the head: light, dark, or as the system has it.
(() => {
  const root = document.documentElement;
  const apply = (choice) => {
    if (choice === 'auto') delete root.dataset.theme;
    else root.dataset.theme = choice;
  };
  const read = () => {
    try { return localStorage.getItem('cairn-theme') ?? 'auto'; } catch { return 'auto'; }
  };
  apply(read());
  window.cairnTheme = {
    current: read,
    next() {
      const order = ['auto', 'light', 'dark'];
      const choice = order[(order.indexOf(read()) + 1) % order.length];
      try { localStorage.setItem('cairn-theme', choice); } catch { /* it then lasts for this page */ }
      apply(choice);
      return choice;
    },
  };
})();
