"""Does the catalog stay in step with its sources, whatever they do?"""
