using System.Runtime.InteropServices;

namespace OrleansBroker.Fuzz.Tests.Codec;

/// <summary>
/// Memory before a page that nobody may read: whoever reads one byte past an input that ends there dies. Where the system has no
/// <c>mmap</c> it is an array of the exact length, at whose end a span throws.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int Capacity = 256 * 1024;
    private const int ProtectionNone = 0;
    private const int ProtectionReadWrite = 3;

    // MAP_PRIVATE | MAP_ANONYMOUS
    private static readonly int Anonymous = OperatingSystem.IsMacOS() ? 0x1002 : 0x22;

    private readonly byte* _end;
    private readonly nint _start;
    private readonly nuint _length;

    public GuardedMemory()
    {
        if (OperatingSystem.IsWindows())
            return;
        _length = (nuint)(Capacity + Environment.SystemPageSize);
        _start = Map(0, _length, ProtectionReadWrite, Anonymous, -1, 0);
        Assert.NotEqual(-1, _start);
        _end = (byte*)_start + Capacity;
        Assert.Equal(0, Protect((nint)_end, (nuint)Environment.SystemPageSize, ProtectionNone));
    }

    public bool IsGuarded => _end is not null;

    /// <summary>A copy of the bytes, valid until the next; what stood there before stands around it.</summary>
    public ReadOnlySpan<byte> Place(ReadOnlySpan<byte> bytes)
    {
        if (!IsGuarded || bytes.Length > Capacity)
            return bytes.ToArray();
        var place = new Span<byte>(_end - bytes.Length, bytes.Length);
        bytes.CopyTo(place);
        return place;
    }

    public void Dispose()
    {
        if (IsGuarded)
            _ = Unmap(_start, _length);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);
}
