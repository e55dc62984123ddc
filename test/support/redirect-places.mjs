// Loaded before a block of a page: Google Places has no SDK with a variable for its address, so requests that are for it
// go to where AI_USAGE_TEST_PLACES says.
const address = process.env.AI_USAGE_TEST_PLACES;
const { fetch } = globalThis;

globalThis.fetch = (input, init) => {
  const isForPlaces = address !== undefined && String(input).startsWith("https://places.googleapis.com/");
  return fetch(isForPlaces ? String(input).replace("https://places.googleapis.com", address) : input, init);
};
