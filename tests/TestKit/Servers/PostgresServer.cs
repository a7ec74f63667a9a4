using System.Globalization;

namespace OrleansBroker.TestKit.Servers;

/// <summary>A PostgreSQL server of the tests' own, in a folder and on a port of its own; Debian's programs, which root may not run.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "broker";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "orleans-broker-postgres-" + Guid.NewGuid().ToString("N"));
    private readonly string? _address;
    private int _schemas;

    private PostgresServer(string? address) => _address = address;

    public int Port { get; } = FreePort.Next();

    /// <summary>Debian has a folder for each version.</summary>
    private static string Programs { get; } = Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Max(StringComparer.Ordinal)!, "bin");

    private string Addresses => _address is null ? "127.0.0.1" : "127.0.0.1," + _address;

    private string Data => Path.Combine(_folder, "data");

    /// <param name="address">Where it listens beside loopback, and trusts its neighbours; null for nowhere.</param>
    public static async Task<PostgresServer> CreateAsync(string? address = null)
    {
        var server = new PostgresServer(address);
        Directory.CreateDirectory(server._folder);
        if (Environment.IsPrivilegedProcess) (await ExternalTool.RunAsync("chown", "postgres", server._folder)).EnsureSuccess();
        await RunAsync("initdb", "-D", server.Data, "-U", User, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8");
        if (address is not null) await File.AppendAllTextAsync(Path.Combine(server.Data, "pg_hba.conf"), $"host all all {address}/24 trust\n");
        await server.StartAsync();
        return server;
    }

    public Task StartAsync() => RunAsync(
        "pg_ctl", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-o", $"-p {Port} -c listen_addresses={Addresses} -c unix_socket_directories={_folder} -c max_connections=200", "start");

    /// <summary>At once, as a crash would.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    /// <param name="port">Another way to the server, such as a <see cref="TcpProxy"/>.</param>
    /// <param name="host">The address of that way.</param>
    public string ConnectionString(int? port = null, string host = "127.0.0.1") => $"Host={host};Port={port ?? Port};Username={User};Database=postgres;Timeout=30";

    /// <summary>A connection string whose tables stand in an empty schema.</summary>
    public async Task<string> CreateSchemaAsync(int? port = null, string host = "127.0.0.1")
    {
        var name = "s" + Interlocked.Increment(ref _schemas).ToString(CultureInfo.InvariantCulture);
        await RunAsync("psql", [.. Client, "-q", "-d", "postgres", "-c", "CREATE SCHEMA " + name]);
        return $"{ConnectionString(port, host)};Search Path={name}";
    }

    /// <summary>A schema with all that is in it, as SQL that makes it.</summary>
    public async Task<string> DumpAsync(string schema) =>
        (await RunAsync("pg_dump", [.. Client, "-n", schema, "--inserts", "--no-owner", "--no-comments", "-d", "postgres"])).Output;

    public Task ExecuteAsync(string file) => RunAsync("psql", [.. Client, "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-f", file]);

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string[] Client => ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User];

    private static async Task<ToolResult> RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        // The owner of the files may not enter the tests' folder.
        var result = Environment.IsPrivilegedProcess
            ? await ExternalTool.RunAsync("runuser", ["-u", "postgres", "--", "env", "-C", "/", path, .. arguments])
            : await ExternalTool.RunAsync(path, arguments);
        return result.EnsureSuccess();
    }
}
