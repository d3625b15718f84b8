"""The review in words of a reader's language, as pages for the browser and as a document to print."""
