// Fetching no more often than is of use.

/** Many calls in a row make one fetch; one that comes during a fetch makes one more after it. */
export function calmly(fetch, failed, wait = 150) {
  let running = false;
  let again = false;
  let timer = 0;
  const run = async () => {
    timer = 0;
    running = true;
    again = false;
    try {
      await fetch();
    } catch (trouble) {
      failed(trouble);
    }
    running = false;
    if (again) start();
  };
  const start = () => {
    if (running) again = true;
    else timer ||= setTimeout(run, wait);
  };
  return start;
}
