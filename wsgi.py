from config import from_environment
from portal import create_app

app = create_app(from_environment())
