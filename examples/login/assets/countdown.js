// Deadlines count down. Without this script they say how far away they were when the page was made.
const words = seconds => {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const out = [];
  for (const [size, unit] of parts) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (out.length === 2 || (count === 0 && out.length > 0)) break;
    if (count > 0) out.push(`${count} ${unit}`);
  }
  return out.join(" ");
};
const tick = () => {
  const now = Math.floor(Date.now() / 1000);
  for (const time of document.querySelectorAll("[data-until]")) {
    const left = Number(time.dataset.until) - now;
    time.textContent = left > 0 ? `in ${words(left)}` : left === 0 ? "now" : `${words(-left)} ago`;
    time.classList.toggle("over", left <= 0);
  }
};
setInterval(tick, 1000);
tick();
