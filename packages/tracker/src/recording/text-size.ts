/** Where scripts begin that have about a token for each character: Chinese, Japanese, Korean. */
const FIRST_WIDE = 0x2e80;

/** How long texts are, of which none is kept. */
export class TextSize {
  /** Characters of scripts in which a token has several. */
  narrow = 0;
  /** Characters that are about a token each. */
  wide = 0;
  /** Texts that were not empty. */
  pieces = 0;

  add(text: unknown): void {
    if (typeof text !== "string" || text.length === 0) return;
    this.pieces += 1;
    let wide = 0;
    for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) >= FIRST_WIDE) wide += 1;
    this.wide += wide;
    this.narrow += text.length - wide;
  }

  /**
   * Of English text a token has about four characters, of Claude's about three and a half:
   * https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them,
   * https://platform.claude.com/docs/en/about-claude/glossary#tokens
   */
  tokens(charactersPerToken = 4): number {
    return Math.ceil(this.narrow / charactersPerToken + this.wide);
  }
}
