"""Parts that figures share: axes, frame, labels, style, captions, tables, theory's lines."""
