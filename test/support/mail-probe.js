// Runs in the page of a mail: measures what a reader sees.

/** Texts that reach beyond the card, or beyond what they stand in. */
function elementsOutside() {
  const card = document.querySelector(".card")?.getBoundingClientRect();
  const found = [];
  for (const element of document.querySelectorAll(".card *")) {
    const { left, right, width } = element.getBoundingClientRect();
    const isOutside = card === undefined || left < card.left - 0.5 || right > card.right + 0.5;
    const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
    if (width > 0 && (isOutside || isCut))
      found.push(`${element.tagName} ${element.textContent?.slice(0, 40)}`);
  }
  return found;
}

/** Each text with its contrast against what is painted behind it (WCAG 2.2). */
function contrastOfTexts() {
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r = 0, g = 0, b = 0] = channels(colour).map((one) => {
      const share = one / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (channels(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? "";
    const element = node.parentElement;
    if (text === "" || element === null || element.getClientRects().length === 0) continue;
    const [ink, paper] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    texts.push({ text, contrast: (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) });
  }
  return texts;
}

/** How light the page and the card are, 0 to 1: the lighter one of the two. */
function lightnessOfPage() {
  const lightness = [".page", ".card"].map((selector) => {
    const element = document.querySelector(selector);
    const colour = element === null ? "" : getComputedStyle(element).backgroundColor;
    const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((one) => Number(one) / 255);
    return (r + g + b) / 3;
  });
  return Math.max(...lightness);
}

function widthOfPage() {
  return [document.documentElement.scrollWidth, innerWidth];
}

Object.assign(globalThis, { elementsOutside, contrastOfTexts, lightnessOfPage, widthOfPage });
