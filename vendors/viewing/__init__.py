"""Papers shown to the team beside the answers: photos and PDF pages as pictures, turned, enlarged, judged."""
