using OrleansBroker.Storage.Journals;
using RocksDbSharp;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// The RocksDB database of a directory, opened again in place after a failed write: whatever the failure left of RocksDB's state (a full disk, an I/O error)
/// is gone then, and what was acknowledged is in its log. Reading and writing share the database, opening has it alone.
/// </summary>
internal sealed class EmbeddedDatabase : IDisposable
{
    private readonly ReaderWriterLockSlim _use = new(LockRecursionPolicy.SupportsRecursion); // who scans may look something up
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);
    private readonly WriteOptions _buffered = new();
    private readonly EmbeddedStoreOptions _options;
    private RocksDb? _database;
    private bool _isBroken;
    private bool _isDisposed;

    /// <exception cref="StoreRefusedException">The directory is in use, or was written by a later program, or cannot be written.</exception>
    public EmbeddedDatabase(EmbeddedStoreOptions options)
    {
        _options = options;
        try
        {
            Directory.CreateDirectory(options.Path);
            _database = Open();
            EmbeddedFormat.Check(_database, options.Path, options.Layout);
        }
        catch (Exception failure) when (failure is RocksDbException or IOException or UnauthorizedAccessException)
        {
            throw new StoreRefusedException(Explain(failure), failure);
        }
        catch (StoreRefusedException)
        {
            _database?.Dispose();
            throw;
        }
    }

    /// <summary>Durable when it returns.</summary>
    public void Write(WriteBatch batch) => Write(batch, _synced);

    /// <summary>Durable with the next durable write: for what nobody is promised.</summary>
    public void WriteBuffered(WriteBatch batch) => Write(batch, _buffered);

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        _use.EnterReadLock();
        try
        {
            return Usable.Get(key);
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>Goes through what begins with the prefix, from a key on, until it is told to stop. The spans are valid during the call.</summary>
    /// <param name="from">Begins with the prefix.</param>
    public void Scan<TState>(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> from, TState state, Visit<TState> visit)
    {
        _use.EnterReadLock();
        try
        {
            using var iterator = Usable.NewIterator();
            for (iterator.Seek(from); iterator.Valid(); iterator.Next())
            {
                var key = iterator.GetKeySpan();
                if (!key.StartsWith(prefix) || !visit(state, key, iterator.GetValueSpan()))
                    return;
            }
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>A copy of the database as it is now in another directory, which must not exist; its files are links where the file system has them.</summary>
    public void SaveCheckpoint(string directory)
    {
        _use.EnterReadLock();
        try
        {
            using var checkpoint = Usable.Checkpoint();
            checkpoint.Save(directory);
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    public void Dispose()
    {
        _use.EnterWriteLock();
        _isDisposed = true;
        _database?.Dispose();
        _database = null;
        _use.ExitWriteLock();
        _use.Dispose();
    }

    private RocksDb Usable => _database ?? throw (_isDisposed ? new ObjectDisposedException(nameof(EmbeddedDatabase)) : new IOException("The embedded store is being opened again."));

    private void Write(WriteBatch batch, WriteOptions options)
    {
        if (Volatile.Read(ref _isBroken)) OpenAgain();
        _use.EnterReadLock();
        try
        {
            Usable.Write(batch, options);
        }
        catch (RocksDbException)
        {
            Volatile.Write(ref _isBroken, true);
            throw;
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    private void OpenAgain()
    {
        _use.EnterWriteLock();
        try
        {
            if (_isDisposed || !_isBroken) return;
            _database?.Dispose();
            _database = null;
            _database = Open();
            Volatile.Write(ref _isBroken, false);
        }
        finally
        {
            _use.ExitWriteLock();
        }
    }

    private RocksDb Open()
    {
        var database = RocksDb.Open(EmbeddedTuning.Options(), _options.Path);
        EmbeddedRecovery.Report(_options);
        return database;
    }

    private string Explain(Exception failure) => failure.Message.Contains("lock", StringComparison.OrdinalIgnoreCase)
        ? $"The store at '{_options.Path}' is in use by another process: each broker needs a Broker:Storage:Path of its own. ({failure.Message})"
        : $"The store at '{_options.Path}' cannot be opened: {failure.Message}";

    public delegate bool Visit<TState>(TState state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
}
