"""How others see our pages: search engines, messengers that show a picture, pages that embed a link."""
