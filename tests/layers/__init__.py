"""Do imports point one way?"""
