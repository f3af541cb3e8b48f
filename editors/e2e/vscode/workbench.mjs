// The VS Code window as the person at it sees it: what to look for, what to
// press. Everything waits for a state and names it when it does not come.

const PATIENCE_MS = 30_000;

export class Workbench {
  #page;

  constructor(page) {
    this.#page = page;
    page.setDefaultTimeout(PATIENCE_MS);
  }

  get squiggle() {
    return this.#page
      .locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning')
      .first();
  }

  statusBar(text) {
    return this.#page.locator('.statusbar-item', { hasText: text });
  }

  /** A row of the editor, numbered from 1, that holds the given text. */
  line(number, text) {
    return this.#page.locator(`.view-lines > .view-line:nth-child(${number})`, { hasText: text });
  }

  problem(line) {
    return this.#page
      .locator('.markers-panel .monaco-list-row', { hasText: 'ai-lsp' })
      .filter({ hasText: `[Ln ${line},` });
  }

  hoverBox(text) {
    return this.#page.locator('.monaco-hover:visible', { hasText: text });
  }

  action(title) {
    return this.#page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
  }

  notification(text) {
    return this.#page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }

  async sees(what, locator) {
    await locator
      .first()
      .waitFor({ state: 'visible' })
      .catch(() => {
        throw new Error(`did not see ${what} within ${PATIENCE_MS / 1000} s`);
      });
  }

  async isGone(what, locator) {
    await locator.waitFor({ state: 'hidden' }).catch(() => {
      throw new Error(`${what} was still there after ${PATIENCE_MS / 1000} s`);
    });
  }

  async counts(what, locator, want) {
    const got = await locator.count();
    if (got !== want) throw new Error(`saw ${got} of ${what}, want ${want}`);
  }

  /** Waits for something outside of the window, such as a file. */
  async until(what, holds) {
    const end = Date.now() + PATIENCE_MS;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`did not see ${what} within ${PATIENCE_MS / 1000} s`);
      await this.#page.evaluate(() => new Promise(requestAnimationFrame));
    }
  }

  /** The rectangle of a picture without the bars around. */
  async editorAndPanel() {
    const top = await this.#page.locator('.part.editor').boundingBox();
    const bottom = await this.#page.locator('.part.panel .markers-panel-container').boundingBox();
    return { x: top.x, y: top.y, width: top.width, height: bottom.y - top.y + 100 };
  }

  async run(command) {
    await this.#page.keyboard.press('F1');
    await this.#page.locator('.quick-input-widget input').fill(`>${command}`);
    await this.#page
      .locator('.quick-input-list .monaco-list-row', { hasText: command })
      .first()
      .click();
  }

  /**
   * Runs a command, and again when it led elsewhere, until something is seen: a
   * setting that was changed takes a moment to arrive.
   */
  async runUntil(command, what, locator) {
    await this.#again(what, locator, () => this.run(command));
  }

  async #again(what, locator, act) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      await act();
      const seen = locator.first().waitFor({ state: 'visible', timeout: PATIENCE_MS / 10 });
      if (await seen.then(() => true).catch(() => false)) return;
      if (Date.now() > end) throw new Error(`did not see ${what} within ${PATIENCE_MS / 1000} s`);
    }
  }

  async save() {
    await this.#focusEditor();
    await this.#page.keyboard.press('Control+s');
  }

  /** Changes the settings in their editor; from disk they are read but once. */
  async writeUserSettings(settings) {
    await this.run('Preferences: Open User Settings (JSON)');
    await this.#page.locator('.tab.active', { hasText: 'settings.json' }).waitFor();
    await this.#focusEditor();
    await this.#page.keyboard.press('Control+a');
    await this.#page.keyboard.insertText(JSON.stringify(settings));
    await this.#page.keyboard.press('Control+s');
    await this.isGone('the mark of unsaved settings', this.#page.locator('.tab.active.dirty'));
    await this.run('View: Close Editor');
  }

  async goTo(line, column) {
    await this.#focusEditor();
    await this.#page.keyboard.press('Control+g');
    await this.#page.locator('.quick-input-widget input').fill(`:${line}:${column}`);
    await this.#page.keyboard.press('Enter');
    await this.#page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.#page.locator('.monaco-editor.focused').first().waitFor();
  }

  async hover(locator) {
    await locator.hover({ force: true });
  }

  async closeHover() {
    await this.#page.keyboard.press('Escape');
    await this.#page.mouse.move(0, 0);
  }

  /** Opens the lightbulb until an action is seen: pressed while a hover closes, it opens nothing. */
  async openLightbulb(what, action) {
    await this.#again(what, action, async () => {
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('Control+.');
    });
  }

  async #focusEditor() {
    await this.run('View: Focus Active Editor Group');
    await this.#page.locator('.monaco-editor.focused').first().waitFor();
  }
}
