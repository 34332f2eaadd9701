// Filled by the border.
