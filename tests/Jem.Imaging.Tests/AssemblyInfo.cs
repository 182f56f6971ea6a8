// Every test has a folder of its own.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
