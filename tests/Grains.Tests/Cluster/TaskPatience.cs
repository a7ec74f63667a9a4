namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Waits as long as a test has patience.</summary>
internal static class TaskPatience
{
    public static Task Soon(this Task task) => task.WaitAsync(TestClient.Patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(TestClient.Patience);
}
